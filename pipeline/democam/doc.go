// Package democam draws the demo camera: small people with jointed limbs who do one of 19 actions each (playing
// guitar, doing push-ups, climbing a ladder, …) in front of a drawn street or room. It is a video source that needs no
// hardware and no file, and it knows the true box of every person and object, which makes it the measure of the
// end-to-end tests.
//
// There are two ways to use it. A [Camera] is an endless stream in which every actor changes its action every few
// seconds. [Clip] and [WriteClips] make the short labelled clips that the embedded demo model was trained on and is
// evaluated with; a Camera shows the same people, objects and actions.
//
// Everything follows from the seed: the same settings give the same bytes on every platform. Random numbers come from
// an own generator, and float32 products that feed a sum are written float32(a*b), which forbids the compiler to fuse
// them into one differently rounded instruction where the processor has one. Float64 geometry is not guarded in this
// way: a fused product there moves a limb by 1e-16 of the frame.
//
// Lengths are in frame heights, y points down, and the left edge of the frame is x = 0, unless said otherwise. Lengths
// of a body are in body heights ("person units").
package democam

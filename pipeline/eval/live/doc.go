// Package live measures what a viewer of live video is shown against the truth of a demo camera: how much of the time a prompt glows although
// nobody does what it says, and how much of the time it is shown while somebody does.
//
// [Simulate] runs the element's own window, model and decision over a demo camera's frames at a fixed pace, so that its answer does not
// depend on how busy the machine is. [Watch] asks a server that plays the camera.
package live

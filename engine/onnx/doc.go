// Package onnx builds the towers as ONNX models in memory, straight from a checkpoint's tensors: the image or video tower with
// the GEM path beside its last blocks, and the text tower. No Python and no exported file is involved.
package onnx

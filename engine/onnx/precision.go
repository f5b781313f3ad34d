package onnx

import (
	"fmt"
	"math"

	"golang.org/x/sys/cpu"
)

// Precision is how the weights of the large products are kept. Attention products, softmax, layer norm and the read-out are
// float32 whatever the precision.
type Precision string

// The precisions. "" stands for FP32.
const (
	FP32 Precision = "fp32"
	// FP16 keeps weights as half floats. On a CPU they are widened where they are used; with HalfProducts (GPUs) the
	// products with them are half-float products.
	FP16 Precision = "fp16"
	// INT8 keeps the image tower's MLPs, two thirds of its work, as bytes with one scale an output channel; what they are
	// multiplied with is turned into bytes at run time, one scale a tensor. The attention's projections and the text tower stay half
	// floats: on the golden clips bytes there cost five times the error (docs/measurements-precision.md). For CPUs.
	INT8 Precision = "int8"
)

// ParsePrecision reads a precision's name; "" is FP32. The error wraps ErrConfig.
func ParsePrecision(name string) (Precision, error) {
	switch p := Precision(name); p {
	case "":
		return FP32, nil
	case FP32, FP16, INT8:
		return p, nil
	default:
		return "", fmt.Errorf("%w: precision %q; use fp32, fp16 or int8", ErrConfig, name)
	}
}

// byteRange is the largest weight as a byte. Without VNNI, x86 adds two products of bytes in 16 bits, which saturate: seven
// bits a weight leave room for the sum.
func byteRange() float32 {
	if cpu.X86.HasSSE2 && !cpu.X86.HasAVX512VNNI && !cpu.X86.HasAVXVNNI {
		return 63
	}
	return 127
}

// quantise turns PyTorch's weight [out,in] into bytes [in,out] and one scale an output channel.
func quantise(w []float32, out, in int) (bytes []byte, scales []float32) {
	largest := byteRange()
	bytes, scales = make([]byte, len(w)), make([]float32, out)
	for o := range out {
		row := w[o*in : (o+1)*in]
		var top float32
		for _, v := range row {
			top = max(top, max(v, -v))
		}
		if top == 0 {
			top = 1 // a row of zeros
		}
		scales[o] = top / largest
		for i, v := range row {
			bytes[i*out+o] = byte(int8(math.RoundToEven(float64(v * largest / top))))
		}
	}
	return bytes, scales
}

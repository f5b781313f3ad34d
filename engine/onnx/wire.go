package onnx

import "google.golang.org/protobuf/encoding/protowire"

// valueInfo writes a ValueInfoProto.
func valueInfo(name string, kind int, dims []dim) []byte {
	var shape []byte
	for _, d := range dims {
		var one []byte
		switch d := d.(type) {
		case int:
			one = appendVarint(one, 1, uint64(d))
		case string:
			one = appendString(one, 2, d)
		}
		shape = appendBytes(shape, 1, one)
	}
	tensor := appendVarint(nil, 1, uint64(kind))
	tensor = appendBytes(tensor, 2, shape)
	return appendBytes(appendString(nil, 1, name), 2, appendBytes(nil, 1, tensor))
}

func appendString(b []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

func appendBytes(b []byte, field protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), v)
}

func appendVarint(b []byte, field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
}

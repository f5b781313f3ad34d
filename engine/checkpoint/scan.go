package checkpoint

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// maxPickle bounds data.pkl, whose values take tens of times their bytes once decoded. It holds no weights, which are files of their own:
// those of published models take up to a few hundred kB.
const maxPickle = 16 << 20

// newestProtocol is the last pickle protocol there is.
const newestProtocol = 5

// maxLine bounds the text argument of an opcode (a class name, a number in decimal).
const maxLine = 1 << 10

// Opcodes of Python's pickletools that scanPickle looks at.
const (
	opProto       = 0x80
	opStop        = '.'
	opGlobal      = 'c'
	opStackGlobal = 0x93
	opText        = 'X'  // BINUNICODE
	opShortText   = 0x8c // SHORT_BINUNICODE
)

// ownDictModule is what scanPickle makes of the module name collections, of the same length: gopickle would answer that name with
// a type of its own, whose BUILD copies a dict each time it is asked to.
const ownDictModule = "Collections"

// scanPickle walks a pickle's opcodes without running them. It refuses, before any value is made: classes that findClass does
// not know (by name), lengths beyond the stream's end, opcodes no state dict has, and streams without an end.
// It changes text (see ownDictModule).
func scanPickle(text []byte) error {
	if len(text) > maxPickle {
		return fmt.Errorf("%w: its pickle has %d bytes of opcodes, at most %d are read: that is no list of weights; "+
			"save the state dict alone: torch.save(model.state_dict(), path)", ErrUnsupported, len(text), maxPickle)
	}
	var module, name string // the last two texts
	for at := 0; at < len(text); {
		op := text[at]
		n, err := argument(op, text[at+1:])
		if err != nil {
			return fmt.Errorf("%w: pickle, byte %d: %w", ErrMalformed, at, err)
		}
		arg := text[at+1 : at+1+n]
		at += 1 + n
		switch op {
		case opStop:
			return nil
		case opProto:
			if arg[0] > newestProtocol {
				return fmt.Errorf("%w: pickle protocol %d", ErrUnsupported, arg[0])
			}
		case opGlobal:
			names := bytes.SplitN(arg, []byte{'\n'}, 3)
			if _, err := findClass(string(names[0]), string(names[1])); err != nil {
				return err
			}
			if string(names[0]) == "collections" {
				copy(arg, ownDictModule)
			}
		case opShortText:
			module, name = name, string(arg[1:])
		case opText:
			module, name = name, string(arg[4:])
		case opStackGlobal:
			if _, err := findClass(module, name); err != nil {
				return err
			}
			return fmt.Errorf("%w: a pickle of protocol 4 or newer; save it again with torch.save's own protocol, 2", ErrUnsupported)
		}
	}
	return fmt.Errorf("%w: the pickle is cut off", ErrMalformed)
}

// argument is the number of bytes that follow an opcode.
func argument(op byte, rest []byte) (int, error) {
	switch op {
	case '(', '.', '0', '1', '2', 'N', 'Q', 'R', 'a', 'b', 'd', '}', 'e', 'l', ']', 's', 't', ')', 'u', // MARK … SETITEMS
		opStackGlobal, 0x81, 0x85, 0x86, 0x87, 0x88, 0x89, 0x94: // NEWOBJ, TUPLE1-3, NEWTRUE, NEWFALSE, MEMOIZE
		return 0, nil
	case opProto, 'K', 'h', 'q': // BININT1, BINGET, BINPUT
		return fixed(1, rest)
	case 'M': // BININT2
		return fixed(2, rest)
	case 'J', 'j', 'r': // BININT, LONG_BINGET, LONG_BINPUT
		return fixed(4, rest)
	case 'G': // BINFLOAT
		return fixed(8, rest)
	case 0x95: // FRAME: the library reads it whole, so it must be there
		if n, err := counted(8, rest); err != nil {
			return n, err
		}
		return 8, nil
	case opShortText, 'U', 'C', 0x8a: // SHORT_BINSTRING, SHORT_BINBYTES, LONG1
		return counted(1, rest)
	case opText, 'T', 'B': // BINSTRING, BINBYTES
		return counted(4, rest)
	case 0x8d, 0x8e: // BINUNICODE8, BINBYTES8
		return counted(8, rest)
	case 'I', 'F', 'L', 'S', 'V', 'g', 'p': // INT, FLOAT, LONG, STRING, UNICODE, GET, PUT
		return lines(1, rest)
	case opGlobal:
		return lines(2, rest)
	}
	return 0, fmt.Errorf("opcode 0x%02x has no place in a weights file", op)
}

func fixed(n int, rest []byte) (int, error) {
	if n > len(rest) {
		return 0, fmt.Errorf("cut off")
	}
	return n, nil
}

// counted is a little-endian length of width bytes and that many bytes.
func counted(width int, rest []byte) (int, error) {
	if width > len(rest) {
		return 0, fmt.Errorf("cut off")
	}
	var wide [8]byte
	copy(wide[:], rest[:width])
	n := binary.LittleEndian.Uint64(wide[:])
	if n > uint64(len(rest)-width) {
		return 0, fmt.Errorf("%d bytes announced, %d left", n, len(rest)-width)
	}
	return width + int(n), nil
}

// lines is n texts, each ended by a newline.
func lines(n int, rest []byte) (int, error) {
	total := 0
	for range n {
		end := slices.Index(rest[total:min(len(rest), total+maxLine)], '\n')
		if end < 0 {
			return 0, fmt.Errorf("a line without an end")
		}
		total += end + 1
	}
	return total, nil
}

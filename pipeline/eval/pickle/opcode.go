package pickle

// opcode is one instruction of the machine, by the names of Python's pickletools.
type opcode byte

const (
	opMark           opcode = '('
	opStop           opcode = '.'
	opPop            opcode = '0'
	opPopMark        opcode = '1'
	opDup            opcode = '2'
	opBinBytes       opcode = 'B'
	opShortBinBytes  opcode = 'C'
	opFloat          opcode = 'F'
	opBinFloat       opcode = 'G'
	opInt            opcode = 'I'
	opBinInt         opcode = 'J'
	opBinInt1        opcode = 'K'
	opLong           opcode = 'L'
	opBinInt2        opcode = 'M'
	opNone           opcode = 'N'
	opPersID         opcode = 'P'
	opBinPersID      opcode = 'Q'
	opReduce         opcode = 'R'
	opString         opcode = 'S'
	opBinString      opcode = 'T'
	opShortBinString opcode = 'U'
	opUnicode        opcode = 'V'
	opBinUnicode     opcode = 'X'
	opAppend         opcode = 'a'
	opBuild          opcode = 'b'
	opGlobal         opcode = 'c'
	opDict           opcode = 'd'
	opAppends        opcode = 'e'
	opGet            opcode = 'g'
	opBinGet         opcode = 'h'
	opInst           opcode = 'i'
	opLongBinGet     opcode = 'j'
	opList           opcode = 'l'
	opObj            opcode = 'o'
	opPut            opcode = 'p'
	opBinPut         opcode = 'q'
	opLongBinPut     opcode = 'r'
	opSetItem        opcode = 's'
	opTuple          opcode = 't'
	opSetItems       opcode = 'u'
	opEmptyList      opcode = ']'
	opEmptyTuple     opcode = ')'
	opEmptyDict      opcode = '}'

	opProto          opcode = 0x80 // protocol 2
	opNewObj         opcode = 0x81
	opExt1           opcode = 0x82
	opExt2           opcode = 0x83
	opExt4           opcode = 0x84
	opTuple1         opcode = 0x85
	opTuple2         opcode = 0x86
	opTuple3         opcode = 0x87
	opNewTrue        opcode = 0x88
	opNewFalse       opcode = 0x89
	opLong1          opcode = 0x8a
	opLong4          opcode = 0x8b
	opShortUnicode   opcode = 0x8c // protocol 4
	opBinUnicode8    opcode = 0x8d
	opBinBytes8      opcode = 0x8e
	opEmptySet       opcode = 0x8f
	opAddItems       opcode = 0x90
	opFrozenSet      opcode = 0x91
	opNewObjEx       opcode = 0x92
	opStackGlobal    opcode = 0x93
	opMemoize        opcode = 0x94
	opFrame          opcode = 0x95
	opByteArray8     opcode = 0x96 // protocol 5
	opNextBuffer     opcode = 0x97
	opReadOnlyBuffer opcode = 0x98
)

// newest is the last protocol there is.
const newest = 5

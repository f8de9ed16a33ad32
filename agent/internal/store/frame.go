package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// maxFrame is the longest record a frame can hold: what fits a tile's uint16
// length prefix.
const maxFrame = 1<<16 - 1

// frameHeader is the length of what stands before the bytes of a frame.
const frameHeader = 8

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errTorn says that a file ends inside a frame, or in zeros where one was to be:
// what a power cut in the middle of an append leaves.
var errTorn = errors.New("the last record is torn")

// errNoHeader says that not even the first frame of a file is there.
var errNoHeader = errors.New("its header is missing")

// appendFrame appends a record as it stands in append-only files:
//
//	uint16  length, big endian
//	uint16  the complement of length
//	uint32  CRC-32C of length and bytes
//	bytes
//
// The complement tells a length that was damaged, which must be refused, from a
// record that was cut short, which may be repaired.
func appendFrame(dst, record []byte) []byte {
	n := uint16(len(record))
	dst = binary.BigEndian.AppendUint16(dst, n)
	dst = binary.BigEndian.AppendUint16(dst, ^n)
	dst = binary.BigEndian.AppendUint32(dst, frameSum(n, record))
	return append(dst, record...)
}

func frameSum(n uint16, record []byte) uint32 {
	sum := crc32.Update(0, castagnoli, []byte{byte(n >> 8), byte(n)})
	return crc32.Update(sum, castagnoli, record)
}

// nextFrame takes one record off data. The record aliases data. It returns
// errTorn where data ends early, and another error where it is wrong.
func nextFrame(data []byte) (record, rest []byte, err error) {
	if zeros(data) {
		return nil, data, errTorn
	}
	if len(data) >= 4 && binary.BigEndian.Uint16(data) != ^binary.BigEndian.Uint16(data[2:]) {
		return nil, data, errors.New("the length of a record contradicts itself")
	}
	if len(data) < frameHeader {
		return nil, data, errTorn
	}
	n := binary.BigEndian.Uint16(data)
	if len(data) < frameHeader+int(n) {
		return nil, data, errTorn
	}
	record = data[frameHeader : frameHeader+int(n)]
	if frameSum(n, record) != binary.BigEndian.Uint32(data[4:]) {
		return nil, data, errors.New("the checksum of a record is wrong")
	}
	return record, data[frameHeader+int(n):], nil
}

// eachFrame calls visit with the offset and content of every record, the header at
// 0, and returns the length of the whole part. The error is errTorn, that of the
// damaged record with its offset, or visit's. A file that is torn inside its
// header is damaged: files are made with it whole.
func eachFrame(data []byte, visit func(offset int64, record []byte) error) (whole int64, err error) {
	if len(data) == 0 {
		return 0, errNoHeader
	}
	for rest := data; len(rest) > 0; {
		at := int64(len(data) - len(rest))
		record, next, err := nextFrame(rest)
		switch {
		case errors.Is(err, errTorn) && at == 0:
			return 0, errNoHeader
		case errors.Is(err, errTorn):
			return at, errTorn
		case err == nil:
			err = visit(at, record)
		}
		if err != nil {
			return at, fmt.Errorf("at byte %d: %w", at, err)
		}
		rest = next
	}
	return int64(len(data)), nil
}

func zeros(data []byte) bool {
	for _, b := range data {
		if b != 0 {
			return false
		}
	}
	return len(data) > 0
}

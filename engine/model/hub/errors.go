package hub

import "errors"

// What can go wrong with a hub, beside the network itself.
var (
	// ErrNotFound means that there is no such repository, revision or file.
	ErrNotFound = errors.New("not found on the hub")
	// ErrForbidden means that the hub wants to know who asks, or that this person may not.
	ErrForbidden = errors.New("the hub refuses access")
	// ErrAnswer means that the hub's answer is not one of a hub, or contradicts itself.
	ErrAnswer = errors.New("the hub's answer makes no sense")
	// ErrName means that what was asked for cannot be the name of a repository, or of a hub.
	ErrName = errors.New("bad name")
	// ErrPath means that the hub names a file that would be written outside the model's folder.
	ErrPath = errors.New("unsafe file name")
	// ErrSize means that a file is larger or smaller than the hub said.
	ErrSize = errors.New("file has the wrong size")
	// ErrHash means that a file's content is not what the hub said.
	ErrHash = errors.New("file has the wrong sha256")
	// ErrInterrupted means that a download stopped half-way; the next one goes on from there.
	ErrInterrupted = errors.New("download interrupted")
)

// errAgain marks failures that may pass by themselves.
var errAgain = errors.New("try again")

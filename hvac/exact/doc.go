// Package exact has the few functions of the math package whose last bit differs
// between machines (assembly on one, fused multiply-add on another), written so that
// amd64, arm and arm64 agree. A recorded day can then be replayed anywhere bit for
// bit, and a simulated house is the same house on every machine.
//
//	decay := exact.Exp(-dt / tau)
//
// Both are good to 1e-9 and better over the ranges a house needs; package math is
// faster and should be used wherever nothing is decided from the result.
package exact

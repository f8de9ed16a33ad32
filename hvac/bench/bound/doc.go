// Command bound computes what a controller could do that knows the house, the weather
// and every door exactly, and prints the table that hvac/bench shows as its bound and
// divides by:
//
//	apt-get install coinor-clp
//	go run ./hvac/bench/bound >hvac/bench/bound.json
//	go run ./hvac/bench/bound -mps A/setback/preview >setback.mps   # one programme, for any solver
//
// # The programme
//
// The house is linear in its heating (house.Linear), so the smallest integral of the
// absolute error is a linear programme. Every five minutes k (two on the step) have a
// share of power u[k] from 0 to 1, the deviation x[k] of the four temperatures from
// the house without heating, and the error split in two non-negative parts:
//
//	minimise   Σ w[k]·(p[k] + n[k]) + 1e-5·u[k]
//	subject to x[k+1] = M[k]·x[k] + N0[k]·u[k-d] + N1[k]·u[k-d-1]
//	           p[k] - n[k] = free[k] + x[k].sensor - setpoint[k]
//
// free, the house without heating, comes out of the simulator, with the weather of the
// seed; M, N0 and N1 are products of one-second steps, so that dead time and doors are
// exact. w is the time in hours, and a hundredth of it in the nights of a plan that knows
// the mornings, so that they have a direction.
//
// Without preview the setpoint is believed to last: at every change a new programme
// begins from where the house is, looks six hours beyond the next change and is
// followed until then. With preview one programme sees all changes of a schedule. A
// step nobody announced is never seen ahead.
//
// # Through a relay
//
// The shares are then played blindly through windows of 10 min with runs and pauses of
// 180 s at least; what a window cannot give is carried into the next. This is what a
// relay can reach, not the least it could: a law that is free in time can do a little
// better, hence J slightly below 1 is possible.
package main

// Command search finds the gains of peer.Fixed: for each house, with and without an
// outdoor sensor, those with the smallest geometric mean of IAE over step, setback and
// disturbance, judged on the very runs they are then shown in. Nobody could have known
// them: they are what a fixed PID can do at best.
//
//	go run ./hvac/bench/search >gains.go && mv gains.go hvac/bench/peer/gains.go
//
// The method is the simplex of Nelder and Mead (Computer Journal 7, 1965) on the
// logarithms of the gains, from four fixed starts, with no chance in it: the same tree
// gives the same gains. It takes some minutes.
package main

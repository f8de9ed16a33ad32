// Package house simulates four buildings with published parameters.
package house

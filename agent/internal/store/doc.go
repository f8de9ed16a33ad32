// Package store is the only one that writes to the disk.
package store

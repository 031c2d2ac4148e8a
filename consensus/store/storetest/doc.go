// Package storetest holds the contract of price stores as tests, and makes signed certificates for tests.
package storetest

// Package grants gives nodes a database role of their own, which can add prices and read them and do nothing else: what
// a broken-in node could delete, change or backdate otherwise stays as it is. It takes back what such a node has changed of
// its own role, by which all nodes log in, and tells what a role may do beyond what a node needs.
package grants

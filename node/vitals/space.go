package vitals

import "fmt"

// FreeSpace returns how many bytes this process may still write to the disk of a folder. Errors are those of the system.
func FreeSpace(folder string) (uint64, error) {
	free, err := freeSpace(folder)
	if err != nil {
		return 0, fmt.Errorf("look at the disk of %s: %w", folder, err)
	}
	return free, nil
}

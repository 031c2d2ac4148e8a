package story

// Held returns how many prices and marks the book counts.
func (b *Book) Held() (prices, marks int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.prices), b.marks
}

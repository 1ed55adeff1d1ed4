package radosio

// Settle blocks until no piece is being read ahead.
func (o *Object) Settle() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, p := range o.ahead.queue {
		<-p.done
	}
}

package radosio

// Settle blocks until no piece is being read ahead.
func (o *Object) Settle() {
	_ = o.position.lock(o.ctx)
	defer o.position.unlock()
	for _, p := range o.ahead.queue {
		<-p.done
	}
}

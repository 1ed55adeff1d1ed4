package radosio

// Settle waits until all that is being fetched ahead is there, which nobody else can see.
func (o *Object) Settle() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, p := range o.ahead.queue {
		<-p.done
	}
}

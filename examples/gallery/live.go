package main

import (
	"context"
	"encoding/json"
	"log"
	"sync"
	"time"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radoswatch"
)

// change is a change of the index. The servers send it to each other as a notification of the
// index, and to their pages as an event.
type change struct {
	Op   string `json:"op"` // "stored" or "removed", or "unknown" if changes may have been missed
	Name string `json:"name,omitempty"`
}

// announce tells all servers that watch the index of a change. It waits for them, since an answer
// means that the change is on the way to the pages.
func announce(ctx context.Context, ioctx *rados.IOContext, c change) {
	data, err := json.Marshal(c)
	if err == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_, _, err = ioctx.NotifyContext(ctx, index, data)
	}
	if err != nil { // the change itself is made; pages show it when they are loaded again
		log.Printf("announce a change: %v", err)
	}
}

// hub passes the changes on to the pages that are open.
type hub struct {
	mu    sync.Mutex
	pages map[chan change]bool
}

func newHub() *hub { return &hub{pages: make(map[chan change]bool)} }

// follow sends the changes that are announced to the pages, until ctx is done or the index can't
// be watched.
func (h *hub) follow(ctx context.Context, ioctx *rados.IOContext) error {
	for event, err := range radoswatch.Events(ctx, ioctx, index) {
		if err != nil {
			return err
		}
		c := change{Op: "unknown"} // after a gap
		if event.Notification != nil {
			if err := json.Unmarshal(event.Notification.Data, &c); err != nil {
				log.Printf("a notification that is none of ours: %v", err)
			}
		}
		h.send(c)
	}
	return nil
}

// send sends a change to all pages. One that does not keep up is disconnected; its browser
// connects again and loads the list.
func (h *hub) send(c change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for page := range h.pages {
		select {
		case page <- c:
		default:
			h.drop(page)
		}
	}
}

// join returns a channel of the changes from now on, which is closed if the page is too slow.
func (h *hub) join() chan change {
	h.mu.Lock()
	defer h.mu.Unlock()
	page := make(chan change, 16)
	h.pages[page] = true
	return page
}

func (h *hub) leave(page chan change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(page)
}

// drop closes the channel of a page, once.
func (h *hub) drop(page chan change) {
	if h.pages[page] {
		delete(h.pages, page)
		close(page)
	}
}

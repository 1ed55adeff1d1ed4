package main

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"log"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/go-rados/go-rados/rados"
)

//go:embed page
var pageFiles embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"size":      formatSize,
	"extension": extension,
	"isPicture": func(f *file) bool { return f.Attrs[pixelsAttr] != "" },
	"escape":    url.PathEscape,
}).ParseFS(pageFiles, "page/*.html"))

// server serves the page and the files of a store.
type server struct {
	*store
	hub      *hub
	pageSize int
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.showList("page.html"))
	mux.HandleFunc("GET /list", s.showList("list.html"))
	mux.HandleFunc("GET /files/{name}", s.serveFile)
	mux.HandleFunc("PUT /files/{name}", s.putFile)
	mux.HandleFunc("DELETE /files/{name}", s.deleteFile)
	mux.HandleFunc("GET /thumbnails/{id}", s.serveThumbnail)
	mux.HandleFunc("GET /events", s.serveEvents)
	static, _ := fs.Sub(pageFiles, "page")
	mux.Handle("GET /page/", http.StripPrefix("/page/", http.FileServerFS(static)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
		mux.ServeHTTP(w, r)
	})
}

// fail answers with the status that fits an error.
func fail(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		status = http.StatusNotFound
	case errors.Is(err, fs.ErrInvalid):
		status = http.StatusBadRequest
	case errors.Is(err, rados.ErrOutcomeUnknown):
		status = http.StatusGatewayTimeout
	}
	if r.Context().Err() == nil && status >= 500 {
		log.Printf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	http.Error(w, http.StatusText(status)+": "+err.Error(), status)
}

// showList renders a template with part of the list: the parameter after is the name before the
// first file, limit the number of files.
func (s *server) showList(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		limit, _ := strconv.Atoi(r.FormValue("limit"))
		if limit < s.pageSize {
			limit = s.pageSize
		}
		files, more, err := s.list(r.Context(), r.FormValue("after"), min(limit, 1000))
		if err != nil {
			fail(w, r, err)
			return
		}
		data := struct {
			Files []*file
			Next  string // the name after which there are more
		}{Files: files}
		if more {
			data.Next = files[len(files)-1].Name
		}
		w.Header().Set("Cache-Control", "no-store")
		if err := templates.ExecuteTemplate(w, name, data); err != nil {
			log.Print(err)
		}
	}
}

// putFile stores the body of the request as a file.
func (s *server) putFile(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if err := s.put(r.Context(), name, r.Body); err != nil {
		fail(w, r, err)
		return
	}
	announce(r.Context(), s.ioctx, change{"stored", name})
	w.WriteHeader(http.StatusNoContent)
}

func (s *server) deleteFile(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if err := s.remove(r.Context(), name); err != nil {
		fail(w, r, err)
		return
	}
	announce(r.Context(), s.ioctx, change{"removed", name})
	w.WriteHeader(http.StatusNoContent)
}

// serveFile serves a file, or the range of it that the browser asks for.
func (s *server) serveFile(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	e, err := s.lookup(r.Context(), name)
	if err != nil {
		fail(w, r, err)
		return
	}
	contentType, err := s.attr(r.Context(), e.ID, typeAttr)
	if err != nil {
		fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Security-Policy", "sandbox") // a file must not act as a part of the page
	w.Header().Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": name}))
	w.Header().Set("ETag", `"`+e.ID+`"`)
	http.ServeContent(w, r, "", e.Stored, io.NewSectionReader(s.content(r.Context(), e.ID), 0, e.Size))
}

func (s *server) serveThumbnail(w http.ResponseWriter, r *http.Request) {
	data, err := s.thumbnail(r.Context(), r.PathValue("id"))
	if err != nil {
		fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable") // another picture has another ID
	w.Write(data)
}

// serveEvents sends the changes to a page, as server-sent events.
func (s *server) serveEvents(w http.ResponseWriter, r *http.Request) {
	changes := s.hub.join()
	defer s.hub.leave(changes)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	alive := time.NewTicker(20 * time.Second)
	defer alive.Stop()
	fmt.Fprint(w, "retry: 1000\n\n")
	for out.Flush() == nil {
		select {
		case c, open := <-changes:
			if !open {
				return
			}
			data, _ := json.Marshal(c)
			fmt.Fprintf(w, "data: %s\n\n", data)
		case <-alive.C: // so that a browser that is gone is noticed
			fmt.Fprint(w, ":\n\n")
		case <-r.Context().Done():
			return
		}
	}
}

// formatSize formats a number of bytes.
func formatSize(n int64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d bytes", n)
	}
	size, units := float64(n)/(1<<10), []string{"KiB", "MiB", "GiB", "TiB"}
	for size >= 1<<10 && len(units) > 1 {
		size, units = size/(1<<10), units[1:]
	}
	return fmt.Sprintf("%.1f %s", size, units[0])
}

// extension returns what stands for a file without a thumbnail.
func extension(name string) string {
	ext := strings.TrimPrefix(path.Ext(name), ".")
	if ext == "" || len(ext) > 5 {
		return "file"
	}
	return ext
}

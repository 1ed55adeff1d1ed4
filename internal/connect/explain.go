package connect

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/go-rados/go-rados/internal/conffile"
)

// Explain returns the Error of a connection that was configured by other means than Open, and could not
// be connected.
func (o Opener[C]) Explain(ctx context.Context, conn C, err error) *Error {
	guard := conffile.Guard{Config: conn}
	s := setup{Config: Config{User: guard.User()}, conn: conn, errno: o.Errno, unsafeFile: o.UnsafeFile}
	s.noFile = guard.Paths(conffile.DefaultPaths())
	for _, path := range s.noFile {
		if openFile(path) == 0 {
			s.noFile, s.unread = nil, path
			break
		}
	}
	return s.explain(ctx, err)
}

// explain returns the Error of a connection that could not be connected.
func (s *setup) explain(ctx context.Context, err error) *Error {
	e := &Error{User: s.User, Err: err}
	switch {
	case errors.Is(err, s.unsafeFile), errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
	case ctx.Err() != nil, errors.Is(err, syscall.ETIMEDOUT):
		e.Monitors = s.option("mon_host")
		e.Reason = fmt.Sprintf("no answer from the monitors %q", e.Monitors)
	default:
		s.explainRefusal(e)
	}
	e.Reason, e.File = Redact(e.Reason), Redact(e.File)
	return e
}

// explainRefusal explains an error that did not take a timeout: librados found no monitor or no
// key, or the monitors refused the user.
func (s *setup) explainRefusal(e *Error) {
	if malformed := s.checkKey(); malformed != nil {
		e.Reason, e.Option = malformed.Reason, malformed.Option
		return
	}
	host := s.option("mon_host")
	var reasons []string
	if errors.Is(e.Err, syscall.ENOENT) && host == "" && s.option("monmap") == "" {
		reasons = append(reasons, s.noMonitor())
	}
	file, reason := s.checkCredentials()
	if reason != "" {
		reasons = append(reasons, reason)
		e.File = file
	}
	if strings.HasPrefix(s.User, "client.client.") && host != "" {
		reasons = append(reasons, `the name of the user has "client." twice`)
	}
	switch {
	case len(reasons) > 0:
	case errors.Is(e.Err, syscall.EACCES):
		key := "this key"
		if file != "" {
			key = fmt.Sprintf("the key in %q", file)
		}
		reasons = append(reasons, "the monitors do not know the user with "+key+", or it has no capabilities for monitors")
		e.File, e.Monitors = file, host
	case errors.Is(e.Err, syscall.EINVAL):
		reasons = append(reasons, fmt.Sprintf("mon_host %q has an address that can't be resolved", host))
		e.Monitors = host
	}
	e.Reason = strings.Join(reasons, "; ")
}

// noMonitor returns the reason for which there is no address of a monitor.
func (s *setup) noMonitor() string {
	reason := "mon_host is not set"
	switch {
	case len(s.noFile) > 0:
		reason += ", and no configuration file exists at " + quoted(s.noFile)
	case s.unread != "":
		reason += fmt.Sprintf("; the configuration file %q has not been read, or does not set it", s.unread)
	}
	return reason
}

// checkCredentials returns the file that has the key of the user, and the reason if the key is not
// usable. The file is "" if the option key has the key, or no key is needed.
func (s *setup) checkCredentials() (file, reason string) {
	if !(conffile.Guard{Config: s.conn}).UsesCephx() || s.option("key") != "" {
		return "", ""
	}
	if path := s.option("keyfile"); path != "" {
		return path, checkKeyfile(path)
	}
	list := conffile.Split(s.option("keyring"))
	for _, path := range list {
		if openFile(path) == 0 {
			return path, checkKeyring(path, s.User)
		}
	}
	if path, errno := unreadable(list); errno != 0 {
		return path, fmt.Sprintf("keyring %q: %v", path, errno)
	}
	return strings.Join(list, ","), "no keyring exists at " + quoted(list)
}

// checkKeyfile returns the reason if a file has no valid key.
func checkKeyfile(path string) (reason string) {
	if errno := openFile(path); errno != 0 {
		return fmt.Sprintf("key file %q: %v", path, errno)
	}
	if text, ok := conffile.Read(path); ok && !validKey(strings.TrimSpace(string(text))) {
		return fmt.Sprintf("the key in the file %q is malformed", path)
	}
	return ""
}

// checkKeyring returns the reason if a keyring has no valid key of the user.
func checkKeyring(path, user string) (reason string) {
	key, known := conffile.Key(path, user)
	switch {
	case !known || validKey(key):
		return ""
	case key == "":
		return fmt.Sprintf("keyring %q has no key of %s", path, user)
	}
	return fmt.Sprintf("the key of %s in keyring %q is malformed", user, path)
}

// quoted returns a list of quoted texts.
func quoted(list []string) string {
	var quoted []string
	for _, text := range list {
		quoted = append(quoted, fmt.Sprintf("%q", text))
	}
	return strings.Join(quoted, ", ")
}

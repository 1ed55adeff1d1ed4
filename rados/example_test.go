package rados_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
)

// A program that has read its settings elsewhere needs no file.
func ExampleOpen() {
	monHost, user, key, done := exampleUser() // from flags, the environment, a secret store
	defer done()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := rados.Open(ctx, rados.Config{
		MonHost:      monHost,
		User:         user,
		Key:          key,
		NoConfigFile: true,
		Options:      map[string]string{"rados_osd_op_timeout": "30"},
	})
	var failed *rados.OpenError
	if errors.As(err, &failed) {
		log.Fatalf("no connection as %s: %s", failed.User, failed.Reason)
	}
	defer conn.Shutdown()
	fsid, err := conn.GetFSID()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("connected to a cluster whose id has", len(fsid), "characters")
	// Output: connected to a cluster whose id has 36 characters
}

// In a container the environment can have all that the zero Config needs, such as
// CEPH_ARGS="--mon-host 10.0.0.1 --id app --key AQB…==".
func ExampleOpen_environment() {
	conn, err := rados.Open(context.Background(), rados.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Shutdown()
	fmt.Println("connected")
}

// The error of Open names the part of the configuration that is at fault.
func ExampleOpenError() {
	_, err := rados.Open(context.Background(), rados.Config{
		NoConfigFile: true,
		Options:      map[string]string{"rados_osd_op_timeout": "soon"},
	})
	fmt.Println(err)
	var failed *rados.OpenError
	fmt.Println(errors.As(err, &failed), failed.Option, errors.Is(err, syscall.EINVAL))
	// Output:
	// rados: open as client.admin: option "rados_osd_op_timeout" can't be "soon": rados: ret=-22, Invalid argument
	// true rados_osd_op_timeout true
}

func ExampleConn() {
	conn, err := rados.NewConnWithUser("admin") // client.admin
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Shutdown()
	conf := exampleConf() // mostly /etc/ceph/ceph.conf, which ReadDefaultConfigFile knows
	if err := conn.ReadConfigFile(conf); err != nil {
		log.Fatalf("read %s: %v", conf, err)
	}
	// Don't wait for ever for an OSD that does not answer.
	if err := conn.SetConfigOption("rados_osd_op_timeout", "30"); err != nil {
		log.Fatal(err)
	}
	if err := conn.Connect(); err != nil {
		log.Fatalf("connect: %v", err)
	}
	fsid, err := conn.GetFSID()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("connected to a cluster whose id has", len(fsid), "characters")
	// Output: connected to a cluster whose id has 36 characters
}

func ExampleConn_MakePool() {
	conn, shutdown := exampleConn()
	defer shutdown()

	name := fmt.Sprintf("example-%d", os.Getpid())
	if err := conn.MakePool(name); err != nil {
		log.Fatalf("make pool %s: %v", name, err)
	}
	defer conn.DeletePool(name)
	if err := conn.MakePool(name); errors.Is(err, fs.ErrExist) {
		fmt.Println("there it is already")
	}

	pools, err := conn.ListPools()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listed:", slices.Contains(pools, name))
	// Output:
	// there it is already
	// listed: true
}

func ExampleIOContext() {
	ioctx, done := examplePool()
	defer done()

	if err := ioctx.WriteFull("poem", []byte("A rose is a rose.")); err != nil {
		log.Fatal(err)
	}
	if err := ioctx.Write("poem", []byte("daisy"), 12); err != nil {
		log.Fatal(err)
	}
	if err := ioctx.Append("poem", []byte("!\n")); err != nil {
		log.Fatal(err)
	}

	stat, err := ioctx.Stat("poem")
	if err != nil {
		log.Fatal(err)
	}
	data := make([]byte, stat.Size)
	n, err := ioctx.Read("poem", data, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d bytes: %s", n, data[:n]) // fewer than asked for at the end of the object

	if err := ioctx.Delete("poem"); err != nil {
		log.Fatal(err)
	}
	// Output: 19 bytes: A rose is a daisy!
}

func ExampleIOContext_SetXattr() {
	ioctx, done := examplePool()
	defer done()

	// Setting an attribute creates the object if need be.
	if err := ioctx.SetXattr("cat.jpg", "content-type", []byte("image/jpeg")); err != nil {
		log.Fatal(err)
	}
	if err := ioctx.SetXattr("cat.jpg", "camera", []byte("Leica M3")); err != nil {
		log.Fatal(err)
	}
	for xattr, err := range ioctx.Xattrs("cat.jpg") {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", xattr.Name, xattr.Value)
	}
	_, err := ioctx.GetXattr("cat.jpg", "owner", make([]byte, 100))
	fmt.Println("no owner:", errors.Is(err, syscall.ENODATA))
	// Output:
	// camera: Leica M3
	// content-type: image/jpeg
	// no owner: true
}

func ExampleIOContext_Omap() {
	ioctx, done := examplePool()
	defer done()

	err := ioctx.SetOmap("phone-book", map[string][]byte{
		"adams, ansel": []byte("555-0164"),
		"arbus, diane": []byte("555-0129"),
		"capa, robert": []byte("555-0190"),
	})
	if err != nil {
		log.Fatal(err)
	}
	// All keys that begin with an "a", from the first on.
	for entry, err := range ioctx.Omap("phone-book", "", "a") {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", entry.Key, entry.Value)
	}
	// Output:
	// adams, ansel: 555-0164
	// arbus, diane: 555-0129
}

func ExampleReadOp() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.WriteFull("cat.jpg", []byte("\xff\xd8\xff\xe0 and so on")); err != nil {
		log.Fatal(err)
	}
	if err := ioctx.SetXattr("cat.jpg", "content-type", []byte("image/jpeg")); err != nil {
		log.Fatal(err)
	}

	// Size, attributes and the first bytes, of one state of the object and in one go.
	magic := make([]byte, 3)
	op := rados.CreateReadOp()
	stat, xattrs, read := op.Stat(), op.GetXattrs(), op.Read(0, magic)
	if err := op.Operate(ioctx, "cat.jpg", rados.OperationNoFlag); err != nil {
		log.Fatal(err)
	}
	// Operate has succeeded, and with it each step.
	st, _ := stat.Stat()
	attrs, _ := xattrs.Xattrs()
	fmt.Printf("%d bytes of %s, beginning with %x\n", st.Size, attrs["content-type"], magic[:read.BytesRead])
	// Output: 14 bytes of image/jpeg, beginning with ffd8ff
}

func ExampleWriteOp() {
	ioctx, done := examplePool()
	defer done()

	// The object appears with all of this, or not at all.
	op := rados.CreateWriteOp()
	op.Create(rados.CreateExclusive)
	op.WriteFull([]byte("Dear diary"))
	op.SetXattr("content-type", []byte("text/plain"))
	op.SetOmap(map[string][]byte{"line 1": []byte("0")})
	if err := op.Operate(ioctx, "diary", rados.OperationNoFlag); err != nil {
		log.Fatal(err)
	}

	again := rados.CreateWriteOp()
	again.Create(rados.CreateExclusive)
	err := again.Operate(ioctx, "diary", rados.OperationNoFlag)
	fmt.Println("exists:", errors.Is(err, fs.ErrExist))
	// Output: exists: true
}

// Compare and swap: write only if the object still has what was read.
func ExampleWriteOp_CmpExt() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.WriteFull("leader", []byte("alice")); err != nil {
		log.Fatal(err)
	}

	swap := func(old, new string) error {
		op := rados.CreateWriteOp()
		op.CmpExt([]byte(old), 0)
		op.WriteFull([]byte(new))
		return op.Operate(ioctx, "leader", rados.OperationNoFlag)
	}
	fmt.Println("alice to bob:", swap("alice", "bob") == nil)
	fmt.Println("alice to eve:", swap("alice", "eve") == nil)
	// Output:
	// alice to bob: true
	// alice to eve: false
}

// Read, change and write, and start again if another client was faster.
func ExampleWriteOp_AssertVersion() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.WriteFull("visitors", []byte("41")); err != nil {
		log.Fatal(err)
	}

	increment := func() error {
		own, err := ioctx.Clone() // GetLastVersion is of this goroutine's operations then
		if err != nil {
			return err
		}
		defer own.Destroy()
		for {
			data := make([]byte, 20)
			n, err := own.Read("visitors", data, 0)
			if err != nil {
				return err
			}
			version, err := own.GetLastVersion()
			if err != nil {
				return err
			}
			var count int
			if _, err := fmt.Sscan(string(data[:n]), &count); err != nil {
				return err
			}
			op := rados.CreateWriteOp()
			op.AssertVersion(version)
			op.WriteFull(fmt.Append(nil, count+1))
			err = op.Operate(own, "visitors", rados.OperationNoFlag)
			if errors.Is(err, syscall.ERANGE) || errors.Is(err, syscall.EOVERFLOW) {
				continue // it has another version by now
			}
			return err
		}
	}
	if err := increment(); err != nil {
		log.Fatal(err)
	}
	data := make([]byte, 20)
	n, err := ioctx.Read("visitors", data, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", data[:n])
	// Output: 42
}

func ExampleIOContext_Objects() {
	ioctx, done := examplePool()
	defer done()
	for _, name := range []string{"cat.jpg", "dog.jpg", "notes.txt"} {
		if err := ioctx.Create(name, rados.CreateExclusive); err != nil {
			log.Fatal(err)
		}
	}

	// Objects come in no order that means anything.
	for object, err := range ioctx.Objects() {
		if err != nil {
			log.Fatal(err)
		}
		if ok, _ := path.Match("*.jpg", object.Name); ok {
			fmt.Println(object.Name)
		}
	}
	// Unordered output:
	// cat.jpg
	// dog.jpg
}

func ExampleIOContext_CreateSnap() {
	conn, shutdown := exampleConn()
	defer shutdown()
	pool := fmt.Sprintf("example-snap-%d", os.Getpid()) // a snapshot is one of a whole pool
	if err := conn.MakePool(pool); err != nil {
		log.Fatal(err)
	}
	defer conn.DeletePool(pool)
	ioctx, err := conn.OpenIOContext(pool)
	if err != nil {
		log.Fatal(err)
	}
	defer ioctx.Destroy()

	if err := ioctx.WriteFull("config", []byte("old")); err != nil {
		log.Fatal(err)
	}
	if err := ioctx.CreateSnap("before"); err != nil {
		log.Fatal(err)
	}
	if err := ioctx.WriteFull("config", []byte("new")); err != nil {
		log.Fatal(err)
	}

	// A copy of the IOContext sees the pool as it was; ioctx itself goes on.
	id, err := ioctx.LookupSnap("before")
	if err != nil {
		log.Fatal(err)
	}
	past, err := ioctx.WithReadSnap(id)
	if err != nil {
		log.Fatal(err)
	}
	defer past.Destroy()
	show := func(what string, ioctx *rados.IOContext) {
		data := make([]byte, 10)
		n, err := ioctx.Read("config", data, 0)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", what, data[:n])
	}
	show("past", past)
	show("present", ioctx)

	if err := ioctx.RollbackSnap("config", "before"); err != nil {
		log.Fatal(err)
	}
	show("rolled back", ioctx)
	if err := ioctx.RemoveSnap("before"); err != nil {
		log.Fatal(err)
	}
	// Output:
	// past: old
	// present: new
	// rolled back: old
}

func ExampleIOContext_Lock() {
	ioctx, done := examplePool()
	defer done()

	// A lock with a duration is released if this program dies.
	mine := rados.LockOptions{Cookie: "worker 1", Description: "resizing", Duration: time.Minute}
	if err := ioctx.Lock("cat.jpg", "edit", mine); err != nil {
		log.Fatal(err)
	}
	defer ioctx.ReleaseLock("cat.jpg", "edit", mine.Cookie)

	other, done := exampleConn() // locks are between connections, and cookies within one
	defer done()
	elsewhere, err := other.OpenIOContext("shared")
	if err != nil {
		log.Fatal(err)
	}
	defer elsewhere.Destroy()
	namespace, err := ioctx.GetNamespace()
	if err != nil {
		log.Fatal(err)
	}
	elsewhere.SetNamespace(namespace)
	err = elsewhere.Lock("cat.jpg", "edit", rados.LockOptions{Cookie: "worker 2"})
	fmt.Println("locked:", errors.Is(err, rados.ErrLocked))

	mine.Flags = rados.LockMustRenew
	fmt.Println("renewed:", ioctx.Lock("cat.jpg", "edit", mine) == nil)
	// Output:
	// locked: true
	// renewed: true
}

func ExampleIOContext_Watch() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.Create("doorbell", rados.CreateIdempotent); err != nil {
		log.Fatal(err)
	}

	watcher, err := ioctx.Watch("doorbell")
	if err != nil {
		log.Fatal(err)
	}
	defer watcher.Delete()
	go func() { // until Delete
		for event := range watcher.Events() {
			if err := event.Ack(append(event.Data, " back"...)); err != nil {
				log.Print(err)
			}
		}
	}()

	acks, timeouts, err := ioctx.NotifyWithTimeout("doorbell", []byte("hello"), 10*time.Second)
	if err != nil {
		log.Fatal(err)
	}
	for _, ack := range acks {
		fmt.Printf("answer: %s\n", ack.Response)
	}
	fmt.Println("not answered:", len(timeouts))
	// Output:
	// answer: hello back
	// not answered: 0
}

func ExampleConn_MonCommand() {
	conn, shutdown := exampleConn()
	defer shutdown()

	command, err := json.Marshal(map[string]any{"prefix": "osd ls", "format": "json"})
	if err != nil {
		log.Fatal(err)
	}
	answer, status, err := conn.MonCommand(command)
	if err != nil {
		log.Fatalf("osd ls: %v: %s", err, status) // the status says what the code does not
	}
	var osds []int
	if err := json.Unmarshal(answer, &osds); err != nil {
		log.Fatal(err)
	}
	fmt.Println("there are OSDs:", len(osds) > 0)
	// Output: there are OSDs: true
}

func Example_errors() {
	ioctx, done := examplePool()
	defer done()

	_, err := ioctx.Stat("nothing")
	fmt.Println(err)
	fmt.Println("as the standard library says it:", errors.Is(err, fs.ErrNotExist))
	fmt.Println("as the system says it:", errors.Is(err, syscall.ENOENT))
	var coded interface{ ErrorCode() int }
	if errors.As(err, &coded) {
		fmt.Println("as C says it:", coded.ErrorCode())
	}

	// What has no name of its own in the package has one in syscall.
	err = ioctx.Write("large", []byte("x"), 1<<40)
	fmt.Println("too large:", errors.Is(err, syscall.EFBIG))
	// Output:
	// rados: ret=-2, No such file or directory
	// as the standard library says it: true
	// as the system says it: true
	// as C says it: -2
	// too large: true
}

func ExampleIOContext_WithNamespace() {
	ioctx, done := examplePool()
	defer done()

	// An IOContext for each namespace, rather than one that switches under its users.
	for _, tenant := range []string{"red", "blue"} {
		own, err := ioctx.WithNamespace(unique(tenant))
		if err != nil {
			log.Fatal(err)
		}
		defer own.Destroy()
		if err := own.WriteFull("color", []byte(tenant)); err != nil {
			log.Fatal(err)
		}
	}
	_, err := ioctx.Stat("color")
	fmt.Println("in neither:", errors.Is(err, fs.ErrNotExist))
	// Output: in neither: true
}

func ExampleIOContext_Checksums() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.WriteFull("nines", []byte("123456789")); err != nil {
		log.Fatal(err)
	}

	// Ceph's CRC-32C starts from the seed and does not invert what comes out.
	sums, err := ioctx.Checksums("nines", rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{Seed: 0xffffffff})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%08x\n", ^uint32(sums[0]))
	// Output: e3069283
}

// Calls that end with a context, many at a time: none of them occupies a thread while it
// waits.
func ExampleIOContext_WriteContext() {
	ioctx, done := examplePool()
	defer done()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	var writers sync.WaitGroup
	for i := range 1000 {
		writers.Add(1)
		go func() {
			defer writers.Done()
			if err := ioctx.WriteContext(ctx, fmt.Sprint("object", i%10), []byte("data"), 0); err != nil {
				log.Print(err) // errors.Is finds context.DeadlineExceeded in it, if that is why
			}
		}()
	}
	writers.Wait()

	cancel()
	err := ioctx.WriteContext(ctx, "late", nil, 0)
	fmt.Println(errors.Is(err, context.Canceled))
	data := make([]byte, 10)
	n, err := ioctx.ReadContext(context.Background(), "object7", data, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", data[:n])
	// Output:
	// true
	// data
}

// An object as an io.Reader and io.Writer: see package radosio.
func Example_stream() {
	ioctx, done := examplePool()
	defer done()

	obj, err := radosio.Create(ioctx, "log")
	if err != nil {
		log.Fatal(err)
	}
	defer obj.Close()
	for i := range 3 {
		if _, err := fmt.Fprintf(obj, "line %d\n", i); err != nil {
			log.Fatal(err)
		}
	}
	if _, err := obj.Seek(7, 0); err != nil {
		log.Fatal(err)
	}
	var rest bytes.Buffer
	if _, err := rest.ReadFrom(obj); err != nil {
		log.Fatal(err)
	}
	fmt.Print(rest.String())
	// Output:
	// line 1
	// line 2
}

// ExamplePipeline writes many objects and reads them again, 16 operations in flight, all
// from one goroutine. Tasks end in any order; Tag says which one it is.
func ExamplePipeline() {
	ioctx, done := examplePool()
	defer done()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	// Tasks are asked for one by one, when there is room for another.
	writes := func(yield func(*rados.Task) bool) {
		for i := range 100 {
			if !yield(ioctx.Tasks().WriteFull(fmt.Sprint("part", i), []byte{byte(i)})) {
				return
			}
		}
	}
	for task := range rados.Pipeline(ctx, 16, writes) {
		if task.Err != nil {
			log.Fatalf("%s: %v", task.Object, task.Err)
		}
	}

	buffers := make([][1]byte, 100)
	reads := func(yield func(*rados.Task) bool) {
		for i := range buffers {
			task := ioctx.Tasks().Read(fmt.Sprint("part", i), buffers[i][:], 0)
			task.Tag = i
			if !yield(task) {
				return
			}
		}
	}
	sum := 0
	for task := range rados.Pipeline(ctx, 16, reads) {
		if task.Err != nil {
			log.Fatalf("%s: %v", task.Object, task.Err)
		}
		sum += int(buffers[task.Tag.(int)][0])
	}
	fmt.Println(sum)
	// Output: 4950
}

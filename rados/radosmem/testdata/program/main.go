// Command program imports package radosmem, which a program must not.
package main

import _ "github.com/go-rados/go-rados/rados/radosmem"

func main() {}

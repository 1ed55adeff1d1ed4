// Package striper stores large objects by striping them over several objects of a pool, with
// libradosstriper, as `rados --striper` does. So an object may be larger than
// osd_max_object_size, which is 128 MiB by default.
//
// libradosstriper locks an object while it reads or writes it. If a process is killed meanwhile, the
// lock remains: the object can be read and written, but Remove and Truncate return EBUSY.
//
// libradosstriper of Ceph 14.2 has a race by which a Read sometimes ends the process, about once in
// 10,000 reads. In as many reads with Ceph 16.2, 18.2 and 20.2 none did.
//
// A program that imports the package is linked with libradosstriper; package rados is not.
package striper

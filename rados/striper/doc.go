// Package striper stores large objects by striping them over several objects of a pool, with
// libradosstriper, as `rados --striper` does. An object may so be larger than
// osd_max_object_size, which is 128 MiB by default.
//
// A program that imports the package is linked with libradosstriper; package rados is not.
package striper

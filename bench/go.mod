// The benchmarks.
module github.com/go-rados/go-rados/bench

go 1.25.0

require (
	github.com/go-rados/go-rados v0.0.0
	github.com/stretchr/testify v1.12.1
)

require go.yaml.in/yaml/v3 v3.0.5 // indirect

replace github.com/go-rados/go-rados => ..

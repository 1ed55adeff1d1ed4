// A test with a checker of linearizability.
module github.com/go-rados/go-rados/internal/test/modelcheck

go 1.25.0

require (
	github.com/anishathalye/porcupine v1.3.1
	github.com/go-rados/go-rados v0.0.0
	github.com/stretchr/testify v1.12.1
)

require go.yaml.in/yaml/v3 v3.0.5 // indirect

replace github.com/go-rados/go-rados => ../../..

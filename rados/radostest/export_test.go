package radostest

var SkipExamples = skipExamples

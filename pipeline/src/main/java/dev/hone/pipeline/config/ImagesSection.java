package dev.hone.pipeline.config;

/** What each language runs with. */
public record ImagesSection(
    @Setting(doc = "Python") ImageSection python,
    @Setting(doc = "C; the interpreter is the compiler") ImageSection c,
    @Setting(doc = "C++; the interpreter is the compiler") ImageSection cpp,
    @Setting(doc = "Java; the interpreter is javac") ImageSection java,
    @Setting(doc = "JavaScript") ImageSection javascript) {}

// Declares imports that the bundler understands but the compiler does not: style sheets imported for their effect.

declare module '*.css'
declare module '@fontsource-variable/hanken-grotesk'

// Command bench prints Jiebao's figures.
package main

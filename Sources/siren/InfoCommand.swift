import ArgumentParser
import CommandSupport
import Fitting
import Numerics

/// `siren info`: the properties of a model and the capabilities of the processor.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Describe a fitted network, or the processor.",
    discussion: """
      With --cpu the command names the instruction set that is used on this processor, and measures the \
      rate of multiply-adds. The environment variable SIREN_CPU (avx512, avx2 or portable) selects a lower \
      instruction set than the best one.

      EXAMPLES
        siren info photo.safetensors
        siren info --cpu
        SIREN_CPU=portable siren info --cpu
      """)

  @Argument(help: "The model.", completion: .file())
  var model: String?

  @Flag(help: "Describe the processor instead of a model.")
  var cpu = false

  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard (model == nil) == cpu else {
      throw ValidationError(
        cpu
          ? "--cpu describes the processor, not a model; pass one of them."
          : "a model is missing: siren info photo.safetensors; or pass --cpu.")
    }
  }

  func run() throws {
    threads.apply()
    if let model { try describe(model) } else { describeProcessor() }
  }

  private func describe(_ model: String) throws {
    let read = try FieldFile.read(model)
    let shape = read.architecture
    if printing.json {
      printJSON([
        "coordinates": .integer(shape.coordinates), "outputs": .integer(shape.outputs),
        "hidden_width": .integer(shape.hiddenWidth), "hidden_layers": .integer(shape.hiddenLayers),
        "omega_first": .number(shape.omegaFirst), "omega_hidden": .number(shape.omegaHidden),
        "parameters": .integer(read.field.parameterCount),
        "cells": read.grid.map { .array($0.grid.axes.map { .integer($0.cells) }) } ?? .null,
        "fit": .string(read.metadata["fit"]),
        "program": .string(read.metadata["program"]), "signal": .string(read.signal?.summary),
      ])
      return
    }
    print("\(shape.coordinates) coordinates -> \(shape.outputs) values")
    print(
      "\(shape.hiddenLayers + 1) sine layers of width \(shape.hiddenWidth), "
        + "omega \(shape.omegaFirst) and \(shape.omegaHidden), \(shape.parameterCount) parameters")
    if let grid = read.grid {
      print(
        "a grid of \(grid.grid.dimensions) such networks, \(grid.parameterCount) parameters in all")
    }
    if let signal = read.signal { print(signal.summary) }
    if read.metadata["architecture"] == nil {
      print("written by another program; omega is not in the file and taken as 30")
    }
    if let fit = read.metadata["fit"] { print(singleLine(fit)) }
    if let program = read.metadata["program"] { print("written by \(singleLine(program))") }
  }

  private func describeProcessor() {
    if let requested = Processor.requestedPath, requested != Processor.path {
      let reason =
        Processor.paths.contains(requested)
        ? "this processor lacks it" : "expected \(Processor.paths.joined(separator: ", "))"
      printMessage(
        singleLine(
          "\(Processor.pathVariable)=\(requested) is not followed: \(reason); "
            + "\(Processor.path) runs"))
    }
    let count = Parallel.threadCount
    let (one, all) = (Processor.measuredPeak(threads: 1), Processor.measuredPeak(threads: count))
    if printing.json {
      printJSON([
        "instructions": .string(Processor.path), "matrix_kernels": .string(Processor.matrixKernels),
        "threads": .integer(count), "peak_gflops_one_thread": .number(one / 1e9),
        "peak_gflops": .number(all / 1e9),
      ])
      return
    }
    var table = TextTable([.left(""), .left("")])
    table.append(["instructions", Processor.path])
    table.append(["matrix kernels", "\(Processor.matrixKernels) (OpenBLAS)"])
    table.append(["threads", "\(count)"])
    table.append(["peak, one thread", "\(Int((one / 1e9).rounded())) GF/s"])
    table.append(["peak, all threads", "\(Int((all / 1e9).rounded())) GF/s"])
    print(table.description)
  }
}

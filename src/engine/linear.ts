import { AppError } from '../core/errors.ts';
import { sentence } from '../core/sentence.ts';
import type { ElementType, GraphWriter } from './onnxWriter.ts';
import type { WeightEntry } from './safetensors.ts';

const TYPE_OF: ReadonlyMap<string, ElementType> = new Map([
  ['F32', 'f32'],
  ['BF16', 'bf16'],
  ['F16', 'f16'],
]);
/** ONNX's number of float32, as Cast takes it. */
const TO_F32 = 1;

/** The weights of a student inside a graph: external data of the safetensors files themselves, no copy on disk. */
export class Weights {
  private readonly g: GraphWriter;
  private readonly tensors: ReadonlyMap<string, WeightEntry>;
  private readonly loaded = new Map<string, string>();

  constructor(g: GraphWriter, tensors: ReadonlyMap<string, WeightEntry>) {
    this.g = g;
    this.tensors = tensors;
  }

  /** A tensor as float32; the Cast of bf16 and f16 is folded while the session loads. */
  tensor(name: string): string {
    const known = this.loaded.get(name);
    if (known !== undefined) return known;
    const value = this.read(name, this.entry(name));
    this.loaded.set(name, value);
    return value;
  }

  /** x · Wᵀ (+ b), W as [out, in] like PyTorch stores it. `name` without “.weight”. */
  linear(x: string, name: string): string {
    return this.withBias(this.product(x, this.tensor(`${name}.weight`)), name);
  }

  product(x: string, weight: string): string {
    return this.g.msNode('FusedMatMul', [x, weight], { transB: 1 });
  }

  /**
   * Two linears of one input: one product where the weights are neighbours in the file (gate and up are, as tensors of
   * one dtype lie in name order), else two.
   */
  pair(x: string, first: string, second: string): [string, string] {
    const a = this.entry(`${first}.weight`);
    const b = this.entry(`${second}.weight`);
    const biased = this.tensors.has(`${first}.bias`) || this.tensors.has(`${second}.bias`);
    const neighbours = a.file === b.file && a.dtype === b.dtype && b.offset === a.offset + a.length;
    const [rowsA = 0, inner = 0] = a.shape;
    const [rowsB = 0] = b.shape;
    if (biased || !neighbours) return [this.linear(x, first), this.linear(x, second)];
    const both = { ...a, shape: [rowsA + rowsB, inner], length: a.length + b.length };
    const y = this.product(x, this.read(`${first}+`, both));
    const parts: [string, string] = [this.g.fresh(), this.g.fresh()];
    this.g.nodes('Split', [y, this.g.ints([rowsA, rowsB])], parts, { axis: -1 });
    return parts;
  }

  private withBias(y: string, name: string): string {
    if (!this.tensors.has(`${name}.bias`)) return y;
    return this.g.node('Add', [y, this.tensor(`${name}.bias`)]);
  }

  private entry(name: string): WeightEntry {
    const entry = this.tensors.get(name);
    if (entry !== undefined) return entry;
    throw new AppError(
      'student.invalid',
      sentence`The tensor ${name} is missing from the weights.`,
      {
        hint: sentence`Copy or export the student again.`,
        detail: { tensor: name },
      },
    );
  }

  private read(name: string, entry: WeightEntry): string {
    const type = TYPE_OF.get(entry.dtype);
    if (type === undefined) {
      throw new AppError('student.unsupported', sentence`The tensor ${name} is ${entry.dtype}.`, {
        hint: sentence`Save the student with float32, bfloat16 or float16 weights.`,
        detail: { tensor: name },
      });
    }
    const raw = this.g.external(name, type, entry.shape, entry);
    return type === 'f32' ? raw : this.g.node('Cast', [raw], { to: TO_F32 });
  }
}

/** ONNX TensorProto.DataType numbers (onnx.proto). */
const DATA_TYPE = { f32: 1, i32: 6, i64: 7, f16: 10, bf16: 16 } as const;
/** Element types of graph tensors. */
export type ElementType = keyof typeof DATA_TYPE;

/** An attribute: a number is written as an integer, `{ float }` as a float, a list as integers. */
export type Attribute = number | readonly number[] | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;
/** A dimension: a size, or the name of a size known only at run time. */
export type Dimension = number | string;

/** onnxruntime's own operator set. */
const MICROSOFT = 'com.microsoft';
/** Protobuf wire types. */
const VARINT = 0;
const LENGTH = 2;
const FIXED32 = 5;
/** ModelProto.ir_version and the operator set of the standard operators. */
const IR_VERSION = 9;
const OPSET = 17;

/** Protobuf in its wire format: just what an ONNX graph needs. */
class Proto {
  private readonly chunks: Uint8Array[] = [];

  int(field: number, value: number): this {
    this.varint(field * 8 + VARINT);
    this.varint(value);
    return this;
  }

  float(field: number, value: number): this {
    this.varint(field * 8 + FIXED32);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.chunks.push(bytes);
    return this;
  }

  bytes(field: number, bytes: Uint8Array): this {
    this.varint(field * 8 + LENGTH);
    this.varint(bytes.length);
    this.chunks.push(bytes);
    return this;
  }

  string(field: number, text: string): this {
    return this.bytes(field, Buffer.from(text));
  }

  message(field: number, message: Proto): this {
    return this.bytes(field, message.finish());
  }

  finish(): Uint8Array {
    return Buffer.concat(this.chunks);
  }

  private varint(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    this.chunks.push(Uint8Array.from(bytes));
  }
}

/** AttributeProto; the last field is its type (1 float, 2 int, 7 ints). */
function attributeProto(name: string, value: Attribute): Proto {
  const proto = new Proto().string(1, name);
  if (typeof value === 'number') return proto.int(3, value).int(20, 2);
  if ('float' in value) return proto.float(2, value.float).int(20, 1);
  for (const item of value) proto.int(8, item);
  return proto.int(20, 7);
}

function valueInfo(name: string, type: ElementType, dims: readonly Dimension[]): Proto {
  const shape = new Proto();
  for (const dim of dims) {
    shape.message(
      1,
      typeof dim === 'string' ? new Proto().string(2, dim) : new Proto().int(1, dim),
    );
  }
  const tensor = new Proto().int(1, DATA_TYPE[type]).message(2, shape);
  return new Proto().string(1, name).message(2, new Proto().message(1, tensor));
}

/** Writes an ONNX model node by node; values are referred to by name. */
export class GraphWriter {
  private readonly graph = new Proto();
  private nodeCount = 0;
  private nameCount = 0;

  /** Adds a node with one output and returns that output's name. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    output?: string,
  ): string {
    const name = output ?? this.fresh();
    this.write(op, inputs, [name], attributes, '');
    return name;
  }

  /** Adds a node with several outputs; an empty name is an output that is not wanted. */
  nodes(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes,
  ): void {
    this.write(op, inputs, outputs, attributes, '');
  }

  /** Like `node`, of onnxruntime's own operator set. */
  msNode(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const name = this.fresh();
    this.write(op, inputs, [name], attributes, MICROSOFT);
    return name;
  }

  /** Like `nodes`, of onnxruntime's own operator set. */
  msNodes(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes,
  ): void {
    this.write(op, inputs, outputs, attributes, MICROSOFT);
  }

  fresh(): string {
    return `t${this.nameCount++}`;
  }

  /** A float32 constant whose bytes travel inside the graph. */
  floats(name: string, dims: readonly number[], values: Float32Array): string {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.initializer(name, 'f32', dims, (proto) => proto.bytes(9, bytes));
  }

  /** A list of int64, as shapes, sizes and axes are given. */
  ints(values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.initializer(this.fresh(), 'i64', [values.length], (proto) =>
      proto.bytes(9, new Uint8Array(data.buffer)),
    );
  }

  /** A constant that is `length` bytes at `offset` of a file in the session's folder of external data. */
  external(
    name: string,
    type: ElementType,
    dims: readonly number[],
    at: { readonly file: string; readonly offset: number; readonly length: number },
  ): string {
    const entry = (key: string, value: string): Proto =>
      new Proto().string(1, key).string(2, value);
    return this.initializer(name, type, dims, (proto) =>
      proto
        .message(13, entry('location', at.file))
        .message(13, entry('offset', String(at.offset)))
        .message(13, entry('length', String(at.length)))
        .int(14, 1),
    );
  }

  input(name: string, type: ElementType, dims: readonly Dimension[]): string {
    this.graph.message(11, valueInfo(name, type, dims));
    return name;
  }

  output(name: string, type: ElementType, dims: readonly Dimension[]): void {
    this.graph.message(12, valueInfo(name, type, dims));
  }

  /** The ModelProto. */
  finish(): Uint8Array {
    this.graph.string(2, 'student');
    const opset = (domain: string, version: number): Proto =>
      new Proto().string(1, domain).int(2, version);
    return new Proto()
      .int(1, IR_VERSION)
      .string(2, 'tailor')
      .message(7, this.graph)
      .message(8, opset('', OPSET))
      .message(8, opset(MICROSOFT, 1))
      .finish();
  }

  private write(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes,
    domain: string,
  ): void {
    const proto = new Proto();
    for (const name of inputs) proto.string(1, name);
    for (const name of outputs) proto.string(2, name);
    proto.string(3, `${op}_${this.nodeCount++}`).string(4, op);
    for (const [name, value] of Object.entries(attributes)) {
      proto.message(5, attributeProto(name, value));
    }
    if (domain !== '') proto.string(7, domain);
    this.graph.message(1, proto);
  }

  private initializer(
    name: string,
    type: ElementType,
    dims: readonly number[],
    fill: (proto: Proto) => Proto,
  ): string {
    const proto = new Proto();
    for (const dim of dims) proto.int(1, dim);
    this.graph.message(5, fill(proto.int(2, DATA_TYPE[type]).string(8, name)));
    return name;
  }
}

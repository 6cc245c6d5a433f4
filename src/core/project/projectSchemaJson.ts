import * as z from 'zod';
import { projectFileSchema } from './projectFile.ts';

/** What a field is for, by its path in tailor.json: shown by editors beside the field. */
export const FIELD_HELP: Readonly<Record<string, string>> = {
  v: 'Version of the file format.',
  name: 'What the project is called.',
  task: 'What answers are: numeric, compared as exact numbers.',
  data: 'The files of questions, relative to the project.',
  'data.train': 'Training questions (JSON Lines).',
  'data.dev': 'Questions that measure progress and are never trained on.',
  'data.extra': 'Further sets that sit the greedy exam and are reported apart, by name.',
  'data.test':
    'Questions for the end: examined only when somebody asks for it, and every look is counted and shown.',
  student: 'The base student: a Hugging Face folder inside the project.',
  servedBy:
    'The name of a student server of this computer (vLLM, llama.cpp, Ollama …), which sits the exams for the student’s folder; the built-in engine when absent. Addresses and keys are never in a project.',
  chat: 'The student’s own chat template as plain text and token ids, rendered once; written by "tailor choose --chat template". Plain prompts when absent.',
  teacher:
    '"programmatic", or the name of a teacher profile of this computer. Addresses and keys are never in a project.',
  seed: 'Decides every draw of the project.',
  exam: 'How the student is examined; the same in every round.',
  'exam.samples': 'Sampled answers to each training question.',
  'exam.sampling': 'How answers to training questions are sampled; dev is always greedy.',
  'exam.maxNewTokens': 'Length limit of an answer, the same in every exam.',
  'exam.stopAtAnswerLine': 'Ends an answer after its "Answer:" line.',
  'exam.head': 'A text file put before every prompt (few-shot examples).',
  'exam.trainLimit': 'How many training questions sit the exam each round; all when absent.',
  'exam.maxRequests':
    'Most requests to a student server in one round’s exams: they stop before that is exceeded, and go on later with what is missing.',
  'exam.maxCost':
    'Most money of one round’s exams by a student server, in the currency of its prices: they stop before that is exceeded.',
  teaching: 'What the teacher is asked for, and how much that may cost.',
  'teaching.rationales': 'Distinct accepted rationales wanted for each question in round 0.',
  'teaching.temperature': 'Sampling temperature of the teacher.',
  'teaching.maxTokens': 'Length limit of a reply.',
  'teaching.replyForm':
    '"sections": labelled lines, which every server can; "json": one JSON object, held to a schema where the server knows that.',
  'teaching.maxRequests': 'Most calls of one round: it stops before that is exceeded.',
  'teaching.maxTotalTokens': 'Most tokens of one round: it stops before that is exceeded.',
  'teaching.maxCost':
    'Most money of one round, in the currency of the teacher’s own prices: it stops before that is exceeded.',
  gate: 'What a rationale must keep to before it counts.',
  'gate.maxSteps': 'Most steps.',
  'gate.maxCharacters': 'Most characters.',
  curation: 'What goes into a frozen set beside what the teacher wrote.',
  'curation.selfPositives':
    'The student’s own right attempts kept as rationales, for each question.',
  'curation.maxPositives': 'Most rationales for each question.',
  'curation.maxNegatives': 'Most wrong attempts for each question.',
  'curation.useDatasetRationales': 'Takes reference rationales of the data as well.',
  training: 'How the student is trained on a frozen set.',
  'training.from':
    '"last": go on with the student that sat the exam; "base": begin anew each round.',
  'training.accumulate': 'Train on what earlier rounds taught as well.',
  'training.objective': 'The loss: language modelling, and what the reflection pairs add.',
  'training.optim': 'Optimiser, learning rate, epochs and batches.',
  'training.maxLen': 'Most tokens of a training text.',
  'training.mode':
    '"full": all weights; "lora": adapters on a frozen base; "qlora": the same on a base held in four bits.',
  'training.lora': 'Rank, scale, dropout and layers of the adapters of the modes lora and qlora.',
  'training.precision':
    'What products are computed in; "auto": bfloat16 where the GPU has it, else float32.',
  'training.gradCheckpoint':
    'Computes activations again in the backward pass: less memory, more time.',
  'training.launch': 'How many processes train together, a GPU each, and on how many computers.',
  rounds: 'How many rounds are planned; N rounds have N + 1 exams.',
};

type Json = Record<string, unknown>;

/** The JSON Schema of tailor.json, for completion and checks in editors; made from what Tailor itself accepts. */
export function projectJsonSchema(): Json {
  const schema: Json = { ...z.toJSONSchema(projectFileSchema, { io: 'input' }) };
  describe(schema, '');
  return { ...schema, title: 'Tailor project' };
}

function describe(schema: Json, path: string): void {
  const properties = schema['properties'];
  if (!isObject(properties)) return;
  for (const [name, child] of Object.entries(properties)) {
    if (!isObject(child)) continue;
    const at = path === '' ? name : `${path}.${name}`;
    const help = FIELD_HELP[at];
    if (help !== undefined) child['description'] = help;
    describe(child, at);
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { describe, expect, it } from 'vitest';
import { credentialsOf } from '../../../../src/node/teacher/credentials.ts';
import { createRedactor, REDACTED } from '../../../../src/node/teacher/redact.ts';

describe('threat 4: a credential in an extra header', () => {
  it.each([
    ['X-API-Key', 'swordfish', 'swordfish'],
    ['api-key', 'a1b2c3d4', 'a1b2c3d4'],
    ['X-Auth', 'Bearer swordfish', 'swordfish'],
    ['X-Amz-Security', 'AQoDYXdzEJr1K8gdHE0', 'AQoDYXdzEJr1K8gdHE0'],
    ['X-Gateway', '7b1f6a0e-52b1-4d0a-9a39-0c9a7d8f2f11', '7b1f6a0e-52b1-4d0a-9a39-0c9a7d8f2f11'],
    ['X-Via', 'https://relay.example/t/k9f8e7d6c5b4a3f2e1', 'k9f8e7d6c5b4a3f2e1'],
  ])('%s is never written', (name, value, secret) => {
    const redact = createRedactor(credentialsOf(null, { [name]: value }));
    const said = redact(`The server said: ${value}.`);
    expect(said).toContain(REDACTED);
    expect(said).not.toContain(secret);
  });

  it('is known beside the key', () => {
    expect(credentialsOf('sk-1', { 'X-Token': 'abc' })).toEqual(['sk-1', 'abc']);
    expect(credentialsOf(null, {})).toEqual([]);
  });
});

it.each([
  ['X-Title', 'Tailor'],
  ['HTTP-Referer', 'https://example.org/tailor'],
  ['X-Region', 'europe-west1'],
  ['anthropic-version', '2023-06-01'],
  ['User-Notes', 'counting apples and oranges in boxes'],
])('%s: %s is no secret, and replies keep its words', (name, value) => {
  const redact = createRedactor(credentialsOf('sk-0123456789', { [name]: value }));
  const reply = `${value}: 3 + 4 = 7.\nAnswer: 7`;
  expect(redact(reply)).toBe(reply);
});

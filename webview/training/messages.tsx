import type { JSX } from 'preact';
import type { TrainingSnapshot } from '../../src/shared/trainingContract.ts';
import { Data } from '../kit/data.tsx';
import { useWords } from './text.ts';

/** What the trainer said, the newest first, each with what to do about it. */
export function Messages({
  messages,
}: {
  readonly messages: TrainingSnapshot['messages'];
}): JSX.Element {
  const words = useWords();
  return (
    <section aria-labelledby="messages">
      <h2 id="messages">{words('messages')}</h2>
      {messages.length === 0 ? (
        <p class="muted">{words('messages.none')}</p>
      ) : (
        <ul class="messages" tabIndex={0} aria-labelledby="messages">
          {messages.toReversed().map(({ t, level, text, hint }, index) => (
            <li key={messages.length - index} class={`message message-${level}`}>
              <span class="level">{words(`level.${level}`)}</span>{' '}
              <span class="muted">{words.time(t)}</span>{' '}
              <span class="said">
                <Data text={text} />
              </span>
              {hint === null ? null : (
                <p class="hint">
                  <Data text={hint} />
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

import type { ReadonlySignal } from '@preact/signals';

/** Resolves when a state is as wanted; one that does not become so is not waited for longer than a while. */
export async function reached<S>(
  state: ReadonlySignal<S>,
  wanted: (state: S) => boolean,
  ms: number,
): Promise<void> {
  let stop = (): void => undefined;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    const unsubscribe = state.subscribe((now) => {
      if (wanted(now)) resolve();
    });
    stop = () => {
      clearTimeout(timer);
      unsubscribe();
    };
  });
  stop();
}

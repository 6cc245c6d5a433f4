import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { againHowSchema, againWhoSchema } from '../../src/shared/reviewAgain.ts';
import { Button } from '../kit/button.tsx';
import { Select } from '../kit/choice.tsx';
import { Data } from '../kit/data.tsx';
import { TextArea, TextField } from '../kit/field.tsx';
import { FIELDS } from '../kit/focusable.ts';
import { FormProblem } from '../kit/formProblem.tsx';
import { Icon } from '../kit/icon.tsx';
import { useControl, usePart, useTexts } from './app.tsx';
import { GoldField } from './goldField.tsx';
import { ERROR_KINDS, stepChoices, type Form, type FormKind } from './forms.ts';
import { shownAttempt, shownCandidate } from './state.ts';

/** The open form, where it is one of these kinds. */
export function FormCard({ kinds }: { readonly kinds: readonly FormKind[] }): JSX.Element | null {
  const form = usePart((state) => state.form);
  const missing = usePart((state) => state.formProblem);
  const refusal = usePart((state) => state.refusal);
  const shown = usePart((state) => state.shown);
  const t = useTexts();
  const control = useControl();
  const card = useRef<HTMLFormElement>(null);
  const here = form !== null && kinds.includes(form.kind);
  useEffect(() => {
    if (!here) return;
    card.current?.scrollIntoView({ block: 'nearest' });
    const field = card.current?.querySelector<HTMLElement>(FIELDS);
    // Texts take the focus themselves, when their inner field stands.
    if (field?.localName === 'select') field.focus();
  }, [here, form?.kind]);
  if (!here) return null;
  return (
    <form
      class={`form form-${form.kind}`}
      ref={card}
      key={`${form.kind} ${shown ?? ''}`}
      aria-label={t(`form.${form.kind}`)}
      onSubmit={(event) => {
        event.preventDefault();
        void control.saveForm();
      }}
    >
      <h3 class="form-title">{t(`form.${form.kind}`)}</h3>
      <Fields form={form} />
      <FormProblem text={missing === null ? null : t(missing)} />
      <FormProblem text={refusal} />
      <p class="form-tools">
        <Button
          kind="primary"
          keyCap="Ctrl+Enter"
          autofocus={form.kind === 'override'}
          onPress={() => void control.saveForm()}
        >
          {t(`form.${form.kind}.save`)}
        </Button>
        {refusal === null ? null : (
          <Button onPress={() => void control.saveForm(true)}>{t('form.insist')}</Button>
        )}
        <Button keyCap="Esc" onPress={() => control.act('escape')}>
          {t('cancel')}
        </Button>
      </p>
    </form>
  );
}

function Fields({ form }: { readonly form: Form }): JSX.Element {
  const t = useTexts();
  const { store } = useControl();
  const candidate = usePart(shownCandidate);
  const attempt = usePart(shownAttempt);
  // The built-in teacher is a program: it would be a pity about a carefully written hint.
  const deaf = usePart(
    ({ snapshot }) => snapshot?.banners.some(({ code }) => code === 'programmatic') === true,
  );
  const set = (next: Form): void => store.dispatch({ type: 'form', form: next });
  switch (form.kind) {
    case 'edit':
    case 'write':
      return (
        <>
          <TextArea
            autofocus
            bare
            rows={6}
            label={t('field.rationale')}
            value={form.text}
            onValue={(text) => set({ ...form, text })}
          />
          <p class="form-hint muted">{t('field.rationale.hint')}</p>
        </>
      );
    case 'ask':
      return (
        <>
          <TextArea
            autofocus
            rows={2}
            label={t('field.hint')}
            placeholder={t('field.hint.example')}
            value={form.hint}
            onValue={(hint) => set({ ...form, hint })}
          />
          <p class="form-hint muted">{t(deaf ? 'field.hint.deaf' : 'field.hint.hint')}</p>
        </>
      );
    case 'again':
      return (
        <>
          <div class="form-line">
            <Select
              label={t('field.who')}
              value={form.who}
              options={againWhoSchema.options.map((value) => ({
                value,
                label: t(`again.who.${value}`),
              }))}
              onValue={(value) => {
                const who = againWhoSchema.safeParse(value);
                if (who.success) set({ ...form, who: who.data });
              }}
            />
            <Select
              label={t('field.how')}
              value={form.how}
              options={againHowSchema.options.map((value) => ({
                value,
                label: t(`again.how.${value}`),
              }))}
              onValue={(value) => {
                const how = againHowSchema.safeParse(value);
                if (how.success) set({ ...form, how: how.data });
              }}
            />
          </div>
          <p class="form-hint muted">{t('field.again.hint')}</p>
        </>
      );
    case 'reject':
      return (
        <TextField
          autofocus
          label={t('field.reason.optional')}
          value={form.reason}
          onValue={(reason) => set({ ...form, reason })}
        />
      );
    case 'gold':
      return (
        <>
          <GoldField answer={form.answer} onAnswer={(answer) => set({ ...form, answer })} />
          <TextField
            label={t('field.reason')}
            value={form.reason}
            onValue={(reason) => set({ ...form, reason })}
          />
          <p class="form-hint muted">{t('field.fix.hint')}</p>
        </>
      );
    case 'question':
      return (
        <>
          <TextArea
            autofocus
            label={t('field.question')}
            value={form.question}
            onValue={(question) => set({ ...form, question })}
          />
          <TextField
            label={t('field.reason')}
            value={form.reason}
            onValue={(reason) => set({ ...form, reason })}
          />
          <p class="form-hint muted">{t('field.fix.hint')}</p>
        </>
      );
    case 'verdict':
      return (
        <>
          <p class="form-hint">{t(`field.verdict.${form.verdict}`)}</p>
          <TextField
            autofocus
            label={t('field.reason.optional')}
            value={form.reason}
            onValue={(reason) => set({ ...form, reason })}
          />
        </>
      );
    case 'first-error': {
      const steps = attempt?.steps.length ?? 0;
      return (
        <div class="form-line">
          <Select
            label={t('field.step')}
            value={String(form.step)}
            options={stepChoices(steps, form.step).map((n) => ({
              value: String(n),
              label: t(n > steps ? 'step.missing' : 'step.n', { n }),
            }))}
            onValue={(value) => {
              const step = Number(value);
              const errorKind = step > steps ? 'missing_step' : form.errorKind;
              set({ ...form, step, errorKind });
            }}
          />
          <Select
            label={t('field.errorKind')}
            value={form.errorKind}
            options={ERROR_KINDS.map((value) => ({ value, label: t(`error.${value}`) }))}
            onValue={(errorKind) => set({ ...form, errorKind })}
          />
        </div>
      );
    }
    case 'override':
      return (
        <>
          <p class="form-hint">{t('override.why')}</p>
          <ul class="checks">
            {candidate?.checks
              .filter(({ level }) => level === 'bad')
              .map(({ code, message }) => (
                <li class="check check-bad" key={code}>
                  <Icon name="cross" label={t('level.bad')} />
                  <span>
                    <Data text={message} />
                  </span>
                </li>
              ))}
          </ul>
        </>
      );
  }
}

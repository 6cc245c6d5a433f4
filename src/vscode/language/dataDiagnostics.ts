import * as vscode from 'vscode';
import { capFindings, whyCompared, type Finding, type Place } from '../../core/dataset/diagnose.ts';
import type { Severity } from '../../core/dataset/rowFacts.ts';
import { visibleText } from '../../core/visibleText.ts';
import { said } from '../said.ts';
import type { Analysis } from './dataDocuments.ts';
import type { DataFiles } from './dataFiles.ts';

/** Who says it, in the Problems panel. */
export const SOURCE = 'Tailor';
/** The note on a file that is not looked at here. */
export const TOO_LARGE = 'too-large';
/** The note on a file that a set of its project is not compared with here. */
const NOT_COMPARED = 'not-compared';

/** The range of a place; a row that is empty is marked at its beginning. */
export function rangeOf({ line, from, to }: Place): vscode.Range {
  return new vscode.Range(line, from, line, to);
}

export function severityOf(severity: Severity): vscode.DiagnosticSeverity {
  const { Error: error, Warning, Information } = vscode.DiagnosticSeverity;
  return { error, warning: Warning, info: Information }[severity];
}

/** What the Problems panel shows of a data file. */
export function diagnosticsOf(
  uri: vscode.Uri,
  analysis: Analysis,
  files: Pick<DataFiles, 'all'>,
): vscode.Diagnostic[] {
  const found = capFindings(analysis.findings).map((finding) => {
    const diagnostic = new vscode.Diagnostic(
      rangeOf(finding),
      visibleText(said(finding.message)),
      severityOf(finding.severity),
    );
    diagnostic.source = SOURCE;
    diagnostic.code = finding.kind;
    diagnostic.relatedInformation = finding.related.flatMap((related) => {
      const other = files.all.find(
        ({ root, set }) => root === analysis.file.root && set === related.set,
      );
      if (related.set !== null && !other) return [];
      const place = new vscode.Location(
        other ? vscode.Uri.file(other.real) : uri,
        rangeOf(related),
      );
      const message = visibleText(said(related.message));
      return [new vscode.DiagnosticRelatedInformation(place, message)];
    });
    return diagnostic;
  });
  const { set } = analysis.file;
  return [...analysis.notCompared.map((other) => notCompared(set, other)), ...found];
}

/** What is said of a file that is too large for a text editor to check. */
export function tooLarge(): vscode.Diagnostic {
  return note(
    TOO_LARGE,
    vscode.l10n.t(
      'Over 5 MB: this file is not checked in the text editor. Open it in the Dataset Editor, which reads only what it shows.',
    ),
  );
}

/** No finding about this set does not mean that nothing is shared with it. */
function notCompared(set: string, other: string): vscode.Diagnostic {
  const name = visibleText(other);
  return note(
    NOT_COMPARED,
    whyCompared(set, other) === 'chosen'
      ? vscode.l10n.t(
          'The set {0} is over 5 MB: what it shares with this file is not looked for.',
          name,
        )
      : vscode.l10n.t(
          'The set {0} is over 5 MB: what it shares with this file is not looked for in the text editor. The report and the Dashboard compare the sets.',
          name,
        ),
  );
}

function note(code: string, message: string): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(
    new vscode.Range(0, 0, 0, 0),
    message,
    vscode.DiagnosticSeverity.Information,
  );
  diagnostic.source = SOURCE;
  diagnostic.code = code;
  return diagnostic;
}

/** Whether a diagnostic of the editor shows this finding. */
export function shows(diagnostic: vscode.Diagnostic, finding: Finding): boolean {
  const { start } = diagnostic.range;
  return (
    diagnostic.source === SOURCE &&
    diagnostic.code === finding.kind &&
    start.line === finding.line &&
    start.character === finding.from
  );
}

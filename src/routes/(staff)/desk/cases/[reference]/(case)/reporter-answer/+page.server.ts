import { recordReporterAnswer } from '#lib/server/cases/conversation/record-answer.ts';
import { verbThenDone } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: verbThenDone(recordReporterAnswer, 'recorded') };

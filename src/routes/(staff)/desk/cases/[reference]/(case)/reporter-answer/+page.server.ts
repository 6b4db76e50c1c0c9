import { recordReporterAnswer } from '#lib/server/cases/conversation/record-answer.ts';
import { plainVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: plainVerb(recordReporterAnswer, 'recorded') };

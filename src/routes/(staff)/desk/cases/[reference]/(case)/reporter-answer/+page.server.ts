import { recordReporterAnswer } from '#lib/server/cases/conversation/record-answer.ts';
import { simpleVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: simpleVerb(recordReporterAnswer, 'recorded') };

import { randomUUID } from 'node:crypto';
import { recordReporterAnswer } from '#lib/server/cases/conversation/record-answer.ts';
import { plainVerb } from '#lib/server/web/forms/desk-verb.ts';

export const load = () => ({ submissionId: randomUUID() });

export const actions = { default: plainVerb(recordReporterAnswer, 'recorded') };

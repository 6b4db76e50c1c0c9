import { recordReporterAnswer } from '#lib/server/cases/conversation/record-answer.ts';
import { verbWithOneOutcome } from '#lib/server/web/forms/desk-verb.ts';

export const actions = { default: verbWithOneOutcome(recordReporterAnswer, 'recorded') };

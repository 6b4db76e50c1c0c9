import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { caseVerb } from '../../../verbs.ts';

export const POST = caseVerb('answerCase', answerCase);

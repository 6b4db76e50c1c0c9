import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { caseVerb } from '../../../verbs.ts';

export const POST = caseVerb('assignCase', assignCase);

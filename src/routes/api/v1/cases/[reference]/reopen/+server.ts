import { reopenCase } from '#lib/server/cases/handling/archive.ts';
import { caseVerb } from '../../../verbs.ts';

export const POST = caseVerb('reopenCase', reopenCase);

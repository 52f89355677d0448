import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '../../plan';
import { drFailure } from '../../workflows/contracts/errors';
import type { Message } from '../../workflows/contracts/people';
import { fromRoot } from '../shared/paths';
import { cut, fill, oneLine, plain, slackText } from './template';

export interface RenderMessage {
  /** Directory of the templates, as the plan has it. */
  directory: string;
  template: string;
  incident: string;
  severity: string;
  /** UTC. */
  at: string;
  by: string;
  reason: string;
  facts: Record<string, string>;
  plan: Pick<Plan, 'name' | 'organisation'> & { statusPage: string };
  /** Six characters that no other message has: by them an SMS is found again. */
  ref: string;
}

/** One SMS of 160 characters is one part; a longer one costs more and arrives in pieces. */
const smsLength = 160;
const subjectLength = 200;

/**
 * Makes the texts of a message from its templates: `<template>.email.txt` (its first line is `Subject: …`),
 * `<template>.sms.txt` and `<template>.slack.txt`.
 * @throws DR-TEMPLATE naming the template there is not, or every placeholder without a value; never retried
 */
export async function renderMessage(given: RenderMessage): Promise<Message> {
  const { directory, template, incident, severity, at, by, reason, facts, plan, ref } = given;
  const listed = Object.entries(facts).filter(([name]) => name !== 'summary');
  const values: Record<string, string> = {
    ...facts,
    incident,
    severity,
    reason,
    by,
    at: `${at.slice(0, 19).replace('T', ' ')} UTC`,
    plan: plan.name,
    organisation: plan.organisation,
    statusPage: plan.statusPage,
    ref,
    facts: listed.map(([name, value]) => `${name}: ${value}`).join('\n') || 'none given',
  };
  const texts = await Promise.all(
    (['email', 'sms', 'slack'] as const).map((channel) => read(directory, template, channel)),
  );
  const missing: string[] = [];
  const make = (text: string, clean: (value: string) => string): string => {
    const cleaned = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, clean(value)]));
    const made = fill(text, cleaned);
    if ('text' in made) return made.text;
    missing.push(...made.missing);
    return '';
  };
  const [first = '', ...rest] = (texts[0] ?? '').split('\n');
  if (!first.startsWith('Subject: '))
    throw drFailure(
      'DR-TEMPLATE',
      `${template}.email.txt in ${directory} begins with ${JSON.stringify(cut(first, 60))}`,
      {
        next: 'Let its first line be "Subject: " and the subject.',
      },
    );
  const subject = make(first.slice('Subject: '.length), oneLine);
  const email = make(rest.join('\n'), plain).trim();
  const sms = oneLine(make(texts[1] ?? '', oneLine));
  const slack = make(texts[2] ?? '', slackText).trim();
  if (missing.length > 0)
    throw drFailure(
      'DR-TEMPLATE',
      `template ${template} in ${directory} asks for ${[...new Set(missing)].map((name) => `{{${name}}}`).join(', ')}, and the facts of the input have no such name (they have: ${Object.keys(facts).join(', ') || 'none'})`,
    );
  return {
    incident,
    template,
    severity,
    subject: cut(subject, subjectLength),
    email,
    // Its reference stays whole: a second try looks for it.
    sms: `${cut(sms, smsLength - ref.length - 3)} (${ref})`,
    slack,
    at,
    by,
    facts,
  };
}

async function read(directory: string, template: string, channel: string): Promise<string> {
  const name = `${template}.${channel}.txt`;
  try {
    return (await readFile(join(fromRoot(directory), name), 'utf8')).replace(/\r\n/g, '\n');
  } catch (error) {
    const found = await readdir(fromRoot(directory)).catch(() => []);
    const known = found.filter((one) => one.endsWith(`.${channel}.txt`)).map((one) => one.split('.')[0] ?? one);
    throw drFailure(
      'DR-TEMPLATE',
      `template of the input is "${template}": ${name} in ${directory} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}); there are ${known.sort().join(', ') || 'none'}`,
      { next: 'Choose one of those, or write the file.' },
    );
  }
}

import * as core from '@actions/core'
import * as github from '@actions/github'
import { graphql } from '@octokit/graphql'
import picomatch from 'picomatch'
import { z } from 'zod'

core.info(
  String(z.string().parse('x')) +
    picomatch('a*', { nocase: true })('ABC') +
    typeof graphql +
    typeof github.getOctokit,
)

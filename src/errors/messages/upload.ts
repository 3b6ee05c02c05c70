import { humanSize } from '../../text.ts'
import { describeLocation } from '../describe-location.ts'
import { escaped } from '../escaped-text.ts'
import type { Wording } from './message.ts'
import { sentence } from './phrases.ts'

export const uploadRefused: Wording<'upload-refused'> = ({ directory, bytes, why, ...place }) =>
  bytes === null
    ? {
        title: escaped`directory cannot be uploaded`,
        what: escaped`The directory "${directory}" was not sent to Railway for ${describeLocation(place)}.`,
        why: escaped`${sentence(why)}`,
        next: escaped`Correct this in an earlier step, or list the files in .railwayignore to exclude them. A symbolic link has to point inside the directory.`,
      }
    : {
        title: escaped`upload refused`,
        what: escaped`Railway rejected the upload of the directory "${directory}" (${humanSize(bytes)}) for ${describeLocation(place)}.`,
        why: escaped`${sentence(why)}`,
        next: escaped`List files that the build does not need in .railwayignore, or deploy from the repository or an image instead.`,
      }

posts-warning = Content warning: { $warning }
posts-sensitive = Pictures that its writer does not show at once
posts-other-language = Its writer wrote this in several languages.
posts-written-in = Its writer wrote this in several languages, first in: { $language }
posts-poll-one = A question with one answer, asked on another server:
posts-poll-several = A question with several answers, asked on another server:
posts-poll-over = A question that was asked on another server and is over:
posts-poll-choice = { $choice } ({ $count })
posts-picture = Picture: { $words }
posts-picture-without-words = A picture. Its writer did not say what is to be seen.
posts-more = { $count ->
    [one] One more file stands with the original.
   *[other] { $count } more files stand with the original.
}
error-picture-title = This picture cannot be shown
error-picture-what = Its server does not answer, or what it sent is no picture that we pass on.
error-picture-next = Look at the original post, or try again later.

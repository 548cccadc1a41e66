package dev.albert4j.cli;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.data.DataFormatException;
import dev.albert4j.io.ModelFormatException;
import dev.albert4j.train.DivergenceException;
import dev.albert4j.train.LostRankException;
import dev.albert4j.train.TrainingStoppedException;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code albert}: its verbs, and what it says when one fails. */
@Command(
        name = "albert",
        description = "ALBERT for the JVM: tokenize, pre-train, fine-tune, compress, evaluate, predict.",
        mixinStandardHelpOptions = true,
        version = "albert4j 0.1.0",
        footer = {"", "Start with: albert quickstart", "Help on a verb: albert VERB --help"})
public final class Albert implements Runnable {
    /** Something failed that the user did not do wrong. */
    static final int FAILURE = 1;

    /** A user's mistake. */
    static final int MISTAKE = 2;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private static final int HELP_WIDTH = 100;

    private static final List<Class<?>> VERBS = List.of(
            QuickstartCommand.class,
            PredictCommand.class,
            EvaluateCommand.class,
            FinetuneCommand.class,
            PretrainCommand.class,
            TokenizeCommand.class,
            EncodeCommand.class,
            TrainTokenizerCommand.class,
            CompressCommand.class,
            ConvertCommand.class,
            ExportCommand.class,
            InspectCommand.class,
            BenchCommand.class);

    private static final Set<String> ENCODING_VERBS = Set.of("predict", "evaluate", "encode");

    /** Whoever read standard output went away: what a program gets that the signal SIGPIPE ends. */
    static final int READER_GONE = 128 + 13;

    /** Training was stopped before its end: what a program gets that Ctrl-C ends. */
    static final int STOPPED = 128 + 2;

    /** Runs the command line; exits 0 on success, 2 on a user's mistake, 1 on a failure. */
    public static void main(String[] args) {
        if (args.length > 0 && ENCODING_VERBS.contains(args[0]) && !(args[0].equals("predict") && args.length > 2)) {
            CpuEncoder.warmUp(); // while options are read and the model is loaded; for texts among the arguments it may
            // not pay
        }
        System.exit(run(
                args, System.in, new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err)));
    }

    /** Runs the command line with these as the process's standard streams; gives the exit status. */
    static int run(String[] args, InputStream in, OutputStream out, OutputStream err) {
        System.setIn(in);
        System.setOut(new PrintStream(
                new BufferedOutputStream(new StandardOutput(out), 1 << 13), false, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        CommandLine commandLine = commandLine(args.length == 0 ? "" : args[0]);
        StringWriter help =
                new StringWriter(); // printed here, because picocli would report a failed write with a stack trace
        commandLine.setOut(new PrintWriter(help));
        int status = 0;
        try {
            status = commandLine.execute(args);
            System.out.print(help);
            System.out.flush();
            return status;
        } catch (StandardOutput.ClosedException e) {
            return status == FAILURE || status == READER_GONE ? status : onFailure(e, commandLine);
        } catch (OutOfMemoryError e) {
            System.err.println("albert: out of memory (" + e.getMessage()
                    + "); smaller batches, or a larger heap by ALBERT_JAVA_OPTS=-Xmx8g, may help");
            return FAILURE;
        }
    }

    /** @param verb the only one to make ready, which takes a tenth of a second; if there is none of that name, all */
    static CommandLine commandLine(String verb) {
        CommandLine commandLine = new CommandLine(new Albert());
        List<Class<?>> asked =
                VERBS.stream().filter(type -> name(type).equals(verb)).toList();
        for (Class<?> type : asked.isEmpty() ? VERBS : asked) {
            commandLine.addSubcommand(type);
        }
        commandLine.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        commandLine.setUsageHelpWidth(HELP_WIDTH);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setParameterExceptionHandler(Albert::onMistake);
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> onFailure(failure, command));
        return commandLine;
    }

    private static String name(Class<?> verb) {
        return verb.getAnnotation(Command.class).name();
    }

    /** Without a verb: the help. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a verb is missing; there are " + verbs(spec.commandLine()));
    }

    private static int onMistake(ParameterException mistake, String[] args) {
        CommandLine command = mistake.getCommandLine();
        String verb = command.getCommandSpec().qualifiedName();
        String problem = oneLine(String.valueOf(mistake.getMessage()));
        if (mistake instanceof UnmatchedArgumentException unmatched
                && !unmatched.isUnknownOption()
                && !command.getSubcommands().isEmpty()) {
            problem = "there is no verb \"" + unmatched.getUnmatched().get(0) + "\"; there are " + verbs(command);
        }
        command.getErr().println(verb + ": " + problem + " (see " + verb + " --help)");
        return MISTAKE;
    }

    private static String verbs(CommandLine command) {
        return String.join(", ", command.getSubcommands().keySet());
    }

    private static int onFailure(Exception failure, CommandLine command) {
        if (failure instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
            return onFailure(unchecked.getCause(), command);
        }
        if (failure instanceof StandardOutput.ClosedException closed && closed.readerIsGone()) {
            return READER_GONE;
        }
        if (failure instanceof TrainingStoppedException) {
            return STOPPED; // Finetuning has said so
        }
        String verb = command.getCommandSpec().qualifiedName();
        if (System.getenv("ALBERT_DEBUG") != null) {
            System.getLogger(Albert.class.getName()).log(System.Logger.Level.ERROR, verb, failure);
        }
        command.getErr().println(verb + ": " + describe(failure));
        return isMistake(failure) ? MISTAKE : FAILURE;
    }

    private static boolean isMistake(Exception failure) {
        return failure instanceof IllegalArgumentException
                || failure instanceof ModelFormatException
                || failure instanceof DataFormatException
                || failure instanceof FileSystemException;
    }

    private static String describe(Exception failure) {
        String message = failure.getMessage() == null ? "" : oneLine(failure.getMessage());
        if (failure instanceof FileSystemException problem) {
            return problem.getReason() == null ? kind(problem) + message : message;
        }
        boolean known = isMistake(failure)
                || failure instanceof IOException
                || failure instanceof StandardOutput.ClosedException
                || failure instanceof DivergenceException
                || failure instanceof LostRankException;
        return known && !message.isEmpty() ? message : failure.getClass().getSimpleName() + ": " + message;
    }

    /** What happened to a file, where only the type of the exception says it. */
    private static String kind(FileSystemException problem) {
        if (problem instanceof NoSuchFileException) {
            return "no such file: ";
        }
        if (problem instanceof AccessDeniedException) {
            return "permission denied: ";
        }
        if (problem instanceof NotDirectoryException) {
            return "not a directory: ";
        }
        return problem instanceof FileAlreadyExistsException ? "is in the way: " : "cannot be used: ";
    }

    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
